"""One change of topic, difficulty and tags for many questions."""

from dataclasses import dataclass, replace

from webapp.banks.rules.schema import Difficulty, Question


@dataclass(frozen=True)
class BulkChange:
    """What becomes of each chosen question; '' and None: as it is. Tags are added after those there are."""

    topic: str = ""
    difficulty: Difficulty | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def applied(self, question: Question) -> Question:
        """The question with the change; equal to it when it changes nothing there."""
        kept = tuple(tag for tag in question.tags if tag not in self.remove_tags)
        return replace(
            question,
            topic=self.topic or question.topic,
            difficulty=self.difficulty or question.difficulty,
            tags=kept + tuple(tag for tag in self.add_tags if tag not in kept),
        )
