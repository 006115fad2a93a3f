from chassis.storage.migrations import run_env
from services.billing.model import Base

run_env(Base.metadata)
