from chassis.storage.migrations import run_env
from services.provisioning.model import Base

run_env(Base.metadata)
