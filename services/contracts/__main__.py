"""`python -m services.contracts [run|migrate|topology|settings]`."""

from chassis.host import main
from services.contracts.service import Contracts

if __name__ == "__main__":
    main(Contracts)
