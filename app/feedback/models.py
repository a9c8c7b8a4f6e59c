"""What people tell us about the site."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime

KINDS = {
    "hinder": "Något går inte att använda eller läsa",
    "begaran": "Jag begär att något görs tillgängligt (15 § lagen om tillgänglighet till digital offentlig service)",
    "annat": "Något annat om kalendern",
}
"""Word as stored, to the choice as shown."""


class Feedback(Base):
    """One message; `reply_to` only when whoever wrote it wants an answer."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    message: Mapped[str] = mapped_column(sa.String(4000))
    reply_to: Mapped[str | None] = mapped_column(sa.String(320))
