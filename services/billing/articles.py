"""Articles: what staff can put on an invoice by choosing it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import find
from chassis.storage.searching import searchable
from services.billing.errors import ArticleNameTaken
from services.billing.model import Article


def save_article(
    session: Session, *, name: str, invoice_text: str, price_minor: int, article_id: UUID | None = None
) -> Article:
    """Makes or changes an article. Raises `ArticleNameTaken`. Invoices already issued keep their text and price."""
    article = find(session, Article, article_id, lock=True) if article_id else Article(id=new_id())
    if session.scalar(select(Article.id).where(Article.name == name, Article.id != article.id)):
        raise ArticleNameTaken
    article.name, article.invoice_text, article.price_minor = name, invoice_text, price_minor
    article.search_text = searchable(name, invoice_text)
    session.add(article)
    return article
