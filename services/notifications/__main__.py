"""`python -m services.notifications [run|migrate|topology|settings]`."""

from chassis.host import main
from services.notifications.service import Notifications

if __name__ == "__main__":
    main(Notifications)
