"""Sphinx: the site of ``make docs``.

Its pages are the Markdown of docs/, which reads on a code host as well; so the navigation stands here, and the
reference is filled by the docstrings. Nothing is fetched, neither when the site is made nor when it is read.
"""

import re
import sys
from inspect import isclass
from typing import Any, TypeVar, get_args, get_origin

from docutils.nodes import Node, Text, document
from sphinx.addnodes import desc_signature, pending_xref
from sphinx.application import Sphinx
from sphinx.util.typing import stringify_annotation

import camb_client
import camb_client.celery
import camb_client.testing

project = "camb-client"
release = camb_client.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_copyright = False

# Types of others, whose documentation is not at hand offline.
nitpick_ignore_regex = [
    ("py:.*", r"(asyncio|celery|collections|contextlib|datetime|httpx|os|pathlib|_pytest|threading)\..*"),
    # What `create` takes, for type checkers; they are written out there.
    ("py:class", r"camb_client\._audio\.families\.(Speech|Sound)Arguments"),
    # Whatever has a `.ref`; the arguments say so.
    ("py:class", r"camb_client\._tasks\.base\.HasRef"),
    # Of `family` and what it returns, whose docstrings say what they stand for.
    (
        "py:class",
        r"camb_openapi\..*|(camb_client\._tasks\.base\.)?(Body|Result|T|P|P\..*)|(ListVoices|SourceLanguages|TargetLanguages)Result",
    ),
    ("py:obj", r"typing\.P"),
    # Of `fetch` and `with_options`, whose docstrings say what they stand for.
    ("py:class", r"(camb_client\._files\.options\.)?(FetchOptions|StrPath)|Path|types\.EllipsisType"),
]

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_attr_annotations = True
napoleon_use_ivar = True
myst_heading_anchors = 3

# The navigation: caption, and the pages below it. It is added to docs/index.md as it is read.
_CONTENTS = {
    "Guides": ("one", "audio", "families", "many", "/batch", "web", "celery", "testing", "observability"),
    "Looking things up": ("/behaviour", "/command-line", "/fault-matrix", "/benchmarks", "/api-discrepancies"),
    "Reference": (
        "/reference/clients", "/reference/values", "/reference/errors", "/reference/celery", "/reference/testing",
        "/reference/changelog",
    ),
    "Working on the client": ("new-endpoint", "api-changes"),
}  # fmt: skip

# What users are handed and do not make: how it is made is nobody's business.
_HANDED_OUT = (
    BaseException,
    camb_client.AsyncJournal,
    camb_client.AsyncLanguages,
    camb_client.AsyncOutcomes,
    camb_client.AsyncTaskFamily,
    camb_client.AsyncVoices,
    camb_client.Journal,
    camb_client.Languages,
    camb_client.Outcomes,
    camb_client.TaskFamily,
    camb_client.Voices,
    camb_client.celery.Waits,
)
# Where a class is made, and its bare name as docstrings have it, to the name under which users import it.
_PUBLIC = {
    known_as: f"{module.__name__}.{name}"
    for module in (camb_client, camb_client.celery, camb_client.testing)
    for name in module.__all__
    if isclass(it := getattr(module, name))
    for known_as in (f"{it.__module__}.{name}", name)
}


def _signature(_: Sphinx, what: str, __: str, it: Any, ___: object, arguments: str | None, returns: str | None) -> Any:
    if what not in {"class", "exception"}:
        return arguments and arguments.replace("~P", "P"), returns  # What is no type variable cannot be read else.
    shown = "" if issubclass(it, _HANDED_OUT) else (arguments or "")
    return shown.replace("= NOTHING", "= {}"), None  # attrs names no default that a factory makes.


def _name_publicly(_: Sphinx, page: document) -> None:
    """Private modules and type variables are never shown: names are public ones, variables what they stand for."""
    for node in list(page.findall(pending_xref)):
        target = node["reftarget"]
        home, _dot, name = target.rpartition(".")
        variable = getattr(sys.modules.get(home), name, None)
        if isinstance(variable, TypeVar):
            target = _stands_for(variable, node)
            shown = Text(target.rpartition(".")[2] if target in _PUBLIC else target)
            node.children = [shown]
            if target not in _PUBLIC:
                node.replace_self(shown)
        known = name if home.startswith("camb_client._") else target
        node["reftarget"] = _PUBLIC.get(target) or _PUBLIC.get(known, target)


def _stands_for(variable: TypeVar, node: Node) -> str:
    """What a type variable stands for in the class where it is shown; elsewhere, what it is limited to."""
    while not isinstance(node, desc_signature):
        node = node.parent
    owner = getattr(camb_client, node["fullname"].partition(".")[0], object)
    for base in getattr(owner, "__orig_bases__", ()):
        bound = dict(zip(getattr(get_origin(base), "__parameters__", ()), get_args(base), strict=False))
        if variable in bound:
            return re.sub(
                r"camb_client\._\w+\.\w+\.", "camb_client.", stringify_annotation(bound[variable], "fully-qualified")
            )
    return " | ".join(limit.__name__ for limit in variable.__constraints__) or variable.__name__


def _unlink_what_is_elsewhere(app: Sphinx, page: str, source: list[str]) -> None:
    """The site has the pages of docs/ alone: a link to another file of the project becomes its text."""

    def text_or_link(link: re.Match[str]) -> str:
        target = (app.srcdir / page).parent / link["target"]
        return link[0] if target.resolve().is_relative_to(app.srcdir) else link["text"]

    source[0] = re.sub(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>\.\./[^)#]+)[^)]*\)", text_or_link, source[0])


def _add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    if page != "index":
        return
    for caption, pages in _CONTENTS.items():
        names = "\n".join(name if name.startswith("/") else f"/guides/{name}" for name in pages)
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{names}\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _unlink_what_is_elsewhere)
    app.connect("source-read", _add_navigation)
    app.connect("autodoc-process-signature", _signature)
    app.connect("doctree-read", _name_publicly)
