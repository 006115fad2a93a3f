"""`python -m services.preinstall [run|migrate|topology|settings]`."""

from chassis.host import main
from services.preinstall.service import Preinstall

if __name__ == "__main__":
    main(Preinstall)
