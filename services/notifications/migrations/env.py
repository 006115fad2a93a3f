from chassis.storage.migrations import run_env
from services.notifications.model import Base

run_env(Base.metadata)
