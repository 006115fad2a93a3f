"""`python -m services.installations [run|migrate|topology|settings]`."""

from chassis.host import main
from services.installations.service import Installations

if __name__ == "__main__":
    main(Installations)
