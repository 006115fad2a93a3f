"""`python -m services.provisioning [run|migrate|topology|settings]`."""

from chassis.host import main
from services.provisioning.service import Provisioning

if __name__ == "__main__":
    main(Provisioning)
