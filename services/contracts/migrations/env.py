from chassis.storage.migrations import run_env
from services.contracts.model import Base

run_env(Base.metadata)
