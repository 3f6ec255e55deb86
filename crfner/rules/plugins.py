"""Rules that other installed packages bring, by entry points of the group `crfner.rules`.

    [project.entry-points."crfner.rules"]
    phones = "my_package:phones"

A package brings a `RuleSet`, or a function from a document to spans. The function is handed documents with tokens and
sentences and without spans; its attribute `labels` says which labels it gives. It is code, so that no rule file and no
model file holds it: they hold its name, and that of its package.

Public names: `plugin_rules`, `loaded`, `Finder`, `MissingRules`, `GROUP`, `PREFIX`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError
from crfner.plugins import Plugin, named
from crfner.rules.values import PluginRule, RuleSet

GROUP = "crfner.rules"
PREFIX = "plugin:"
"""What stands before the name of rules where a file of rules could be named."""


class MissingRules(CrfnerError):
    """A rule is a function of a package that is not installed here."""


@dataclass(frozen=True, slots=True)
class Finder:
    """A function that a package brings.

    labels  what it says that it gives, sorted; empty where it says nothing
    """

    plugin: Plugin
    function: Callable[[Document], Iterable[Span]]
    labels: tuple[str, ...]

    def check(self, rule: PluginRule) -> None:
        """Raise CrfnerError when the function does not give the label of a rule that names it."""
        if self.labels and rule.label not in self.labels:
            raise CrfnerError(
                f"rule {rule.name!r} wants {rule.label} of the plugin {rule.plugin!r}, which gives "
                f"{', '.join(self.labels)}; mend its label"
            )

    def spans(self, document: Document) -> list[Span]:
        """What the function finds. Raises CrfnerError, naming the package, when it fails or gives what it may not."""
        where = f"the document {document.id!r}" if document.id else "a document"
        try:
            found = list(self.function(document))
        except Exception as error:  # whatever a stranger's function raises
            problem = f"failed on {where} ({type(error).__name__}: {error})"
            raise self.plugin.refusal(problem) from error
        for span in found:
            if not isinstance(span, Span):
                raise self.plugin.refusal(f"gave {span!r} for {where}, which is no Span")
            if span.end > len(document.text):
                raise self.plugin.refusal(f"gave the span {span.start}..{span.end} beyond the text of {where}")
            if self.labels and span.label not in self.labels:
                raise self.plugin.refusal(f"gave the label {span.label!r}, which its attribute labels does not name")
        return found


def plugin_rules(name: str, label: str | None = None) -> RuleSet:
    """The rules that a package brings under this name: its set of rules, or a rule for each label of its function.

    label  of all that the function finds, where it does not say its labels

    Raises CrfnerError when no installed package brings them, when they cannot be loaded, or when there is no label.
    """
    plugin = _found(name, "")
    rules = plugin.load()
    if isinstance(rules, RuleSet):
        return rules
    finder = _finder(plugin, rules)
    labels = finder.labels or ((label,) if label else ())
    if not labels:
        message = f"it does not say its labels; write LABEL={PREFIX}{name}, or give the function an attribute labels"
        raise InputError(message, f"{PREFIX}{name}")
    (package,) = plugin.packages
    rule = PluginRule(name, labels[0], plugin=name, package=package)
    if len(labels) == 1:
        return RuleSet((rule,))
    return RuleSet(tuple(replace(rule, name=f"{name}:{label}", label=label) for label in labels))


def loaded(rule: PluginRule) -> Finder:
    """The function that the rule names.

    Raises MissingRules when its package is not installed, and CrfnerError when it cannot be loaded or is no function.
    """
    plugin = _found(rule.plugin, rule.package)
    return _finder(plugin, plugin.load())


def _found(name: str, package: str) -> Plugin:
    offered = named(GROUP)
    if name not in offered:
        known = f" (installed ones bring {', '.join(offered)})" if offered else ""
        remedy = f"install {package}" if package else f"check the name or install what brings them{known}"
        raise MissingRules(f"the rules {name!r} are of a package that is not installed here; {remedy}")
    return offered[name]


def _finder(plugin: Plugin, function: object) -> Finder:
    if isinstance(function, RuleSet):
        raise CrfnerError(f"the rules {plugin.name!r} are a set, not one function; name them as {PREFIX}{plugin.name}")
    if not callable(function):
        raise plugin.refusal("should be a RuleSet or a function from a Document to spans")
    labels = getattr(function, "labels", ())
    if isinstance(labels, str) or not all(isinstance(label, str) and label.strip() for label in labels):
        raise plugin.refusal(f"should have an attribute labels that lists its labels, not {labels!r}")
    return Finder(plugin, function, tuple(sorted(labels)))
