from chassis.storage.migrations import run_env
from services.preinstall.model import Base

run_env(Base.metadata)
