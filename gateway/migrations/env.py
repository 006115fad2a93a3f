from chassis.storage.migrations import run_env
from gateway.model import Base

run_env(Base.metadata)
