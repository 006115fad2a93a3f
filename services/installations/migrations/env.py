from chassis.storage.migrations import run_env
from services.installations.model import Base

run_env(Base.metadata)
