"""`python -m services.billing [run|migrate|topology|settings]`."""

from chassis.host import main
from services.billing.service import Billing

if __name__ == "__main__":
    main(Billing)
