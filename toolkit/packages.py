"""Argos model packages: the bundled one, those installed, and any `.argosmodel` file or folder.

A package is a folder, or a zip archive of one folder, that holds `metadata.json`, a tokenizer
(`sentencepiece.model` or `bpe.model`) and a CTranslate2 model in `model/`. An archive is read
as it lies: nothing is unpacked to translate with it.

argostranslate is imported inside the functions that need it, because importing its settings
creates folders in the user's home directory.
"""

import contextlib
import hashlib
import json
import logging
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Literal, cast

from toolkit.errors import EngineError

# The default model: replacing it is one file in toolkit/data/ and this line.
BUNDLED = (
    "translate-ru_en-0_3.argosmodel",
    "5ab1659000c6435090d37e2fac6f41a4b1947ad73b970d482e4351c50a294f02",
)

MAX_UNPACKED_BYTES = 8 * 1024**3  # the largest packages of the public index unpack to under 2 GB
MAX_DENSITY = 20  # weights are hardly packed at all
MAX_MEMBERS = 10_000
MAX_METADATA_BYTES = 1024**2
TOKENIZERS = ("sentencepiece.model", "bpe.model")

PackageOrigin = Literal["bundled", "installed", "given"]


@dataclass(frozen=True)
class ModelPackage:
    """A translation model with its tokenizer and description.

    Fields:
        root: the package's folder, or its folder inside an archive.
        origin: where it came from: bundled with the toolkit, installed, or given by `--model`.
        metadata: the package's `metadata.json`.
    """

    root: Traversable
    origin: PackageOrigin
    metadata: Mapping[str, object]

    @property
    def name(self) -> str:
        """The package's name: that of its folder, as argostranslate gives it."""
        return self.root.name

    @property
    def source_lang(self) -> str:
        """The language it translates from, e.g. `ru`."""
        return str(self.metadata["from_code"])

    @property
    def target_lang(self) -> str:
        """The language it translates to, e.g. `en`."""
        return str(self.metadata["to_code"])

    @property
    def version(self) -> str:
        """The package's version, e.g. `1.9`."""
        return str(self.metadata.get("package_version", ""))

    @property
    def target_prefix(self) -> str:
        """The token with which decoding must begin; empty for most packages."""
        return str(self.metadata.get("target_prefix", ""))

    @property
    def label(self) -> str:
        """The name and version for people and signatures."""
        return f"{self.name} {self.version}".strip()

    @cached_property
    def model_files(self) -> dict[str, bytes]:
        """The files of the CTranslate2 model by name."""
        return {
            file.name: file.read_bytes()
            for file in sorted(self.root.joinpath("model").iterdir(), key=lambda file: file.name)
            if file.is_file()
        }

    @cached_property
    def tokenizer_file(self) -> tuple[str, bytes]:
        """The name and content of the tokenizer's model."""
        for name in TOKENIZERS:
            file = self.root.joinpath(name)
            if file.is_file():
                return name, file.read_bytes()
        raise EngineError(
            f"{self.root}: the package has neither {' nor '.join(TOKENIZERS)}; "
            "it is incomplete, get it again"
        )

    @cached_property
    def target_vocabulary(self) -> tuple[str, ...]:
        """The tokens that the model writes, in the order of their numbers; empty if unknown."""
        for name in ("target_vocabulary", "shared_vocabulary"):
            if content := self.model_files.get(f"{name}.json"):
                return tuple(json.loads(content))
            if content := self.model_files.get(f"{name}.txt"):
                return tuple(content.decode("utf-8").splitlines())
        return ()

    @property
    def reads_annotations(self) -> bool:
        """Whether the model was trained to read terms in the source: `word <term> … </term>`."""
        return self.metadata.get("terminology") == "inline"

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the model's and tokenizer's files, the same packed and unpacked."""
        digest = hashlib.sha256()
        for name, content in sorted([*self.model_files.items(), self.tokenizer_file]):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    @property
    def location(self) -> str:
        """The path of the folder, or of the archive and the folder in it."""
        return str(self.root).rstrip("/")

    def read_text(self, name: str) -> str:
        """Read a text file of the package, such as its README.md; empty where there is none."""
        file = self.root.joinpath(name)
        return file.read_text(encoding="utf-8") if file.is_file() else ""


def open_package(path: Path, origin: PackageOrigin = "given") -> ModelPackage:
    """Open a package file or folder.

    Raises:
        EngineError: there is no such file, or it is no translation package.
    """
    try:
        root = _archive_root(path) if path.is_file() else path
        metadata = _read_metadata(root)
    except FileNotFoundError as error:
        raise EngineError(f"{path}: there is no such model package; check the path") from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise EngineError(
            f"{path}: is not a usable Argos package ({error}); get the .argosmodel file again"
        ) from error
    return ModelPackage(root, origin, metadata)


def _archive_root(path: Path) -> Traversable:
    """Find the one folder of an archive, after a check that no member reaches out of it."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    problem = next(_archive_problems(members), None)
    if problem:
        raise ValueError(problem)
    folder = members[0].filename.split("/")[0]
    # zipfile.Path has all of Traversable's methods that are used here, but is not declared so.
    return cast("Traversable", zipfile.Path(path, folder + "/"))


def _archive_problems(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Name what makes an archive unsafe to unpack or no package."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        yield "it is larger than any translation model"
    if unpacked > MAX_UNPACKED_BYTES // 1000 + MAX_DENSITY * sum(m.compress_size for m in members):
        yield "it unpacks to far more than a translation model does"
    for member in members:
        parts = PurePosixPath(member.filename).parts
        if member.filename.startswith("/") or ".." in parts or set(member.filename) & {"\\", ":"}:
            yield f"its member “{member.filename}” points outside the package"
        if stat.S_ISLNK(member.external_attr >> 16):
            yield f"its member “{member.filename}” is a link"
    if len({member.filename.split("/")[0] for member in members}) != 1:
        yield "it must hold exactly one folder"


def _read_metadata(root: Traversable) -> Mapping[str, object]:
    file = root.joinpath("metadata.json")
    if not file.is_file():
        raise ValueError("it has no metadata.json")
    with file.open("rb") as stream:
        metadata = json.loads(stream.read(MAX_METADATA_BYTES))
    if not isinstance(metadata, dict):
        raise ValueError("its metadata.json is not an object")  # noqa: TRY004 - it is one problem
    for key in ("from_code", "to_code"):
        if not isinstance(metadata.get(key), str) or not metadata[key]:
            raise ValueError(f"its metadata.json has no {key}: it is not a translation package")
    return metadata


def bundled_package() -> ModelPackage:
    """Open the package that comes with the toolkit."""
    file = resources.files("toolkit").joinpath("data", BUNDLED[0])
    with resources.as_file(file) as path:
        return open_package(path, "bundled")


def installed_packages() -> Iterator[ModelPackage | EngineError]:
    """Open the packages that argostranslate has installed, a problem in place of a damaged one."""
    for folder in _installed_folders():
        try:
            yield open_package(folder, "installed")
        except EngineError as error:
            yield error


def _installed_folders() -> list[Path]:
    try:
        from argostranslate import settings  # noqa: PLC0415 - creates folders

        return sorted(
            path for folder in settings.package_dirs for path in folder.iterdir() if path.is_dir()
        )
    except OSError:  # a home directory that cannot be written to has no packages
        return []


def find_package(source_lang: str, target_lang: str, model: str | None = None) -> ModelPackage:
    """Choose the package for a language pair.

    Args:
        source_lang, target_lang: language codes; a region (`ru-RU`) is not looked at.
        model: a package file, folder or name of an installed package, which overrides the rest;
            otherwise the newest installed package of the pair, otherwise the bundled one.

    Raises:
        EngineError: no package fits; the message says how to get one.
    """
    source, target = base_lang(source_lang), base_lang(target_lang)
    if model is not None:
        package = named_package(model)
        if (package.source_lang, package.target_lang) != (source, target):
            raise EngineError(
                f"{model}: translates {package.source_lang} to {package.target_lang}, not {source} "
                f"to {target}; name the languages with --source-lang and --target-lang"
            )
        return package
    installed = [found for found in installed_packages() if isinstance(found, ModelPackage)]
    of_pair = [
        package
        for package in [bundled_package(), *sorted(installed, key=_version_key)]
        if (package.source_lang, package.target_lang) == (source, target)
    ]
    if not of_pair:
        raise EngineError(
            f"no model translates {source} to {target}; get one with "
            f"“bilingual model install --from-index {source} {target}” or "
            "“bilingual model install FILE.argosmodel”"
        )
    return of_pair[-1]


def named_package(name: str) -> ModelPackage:
    """Find a package by the path of its file or folder, or by its name.

    Raises:
        EngineError: there is no such package.
    """
    if Path(name).exists():
        return open_package(Path(name))
    for found in (*installed_packages(), bundled_package()):
        if isinstance(found, ModelPackage) and found.name == name:
            return found
    raise EngineError(
        f"{name}: there is no such file or package; “bilingual model list” shows what there is"
    )


def _version_key(package: ModelPackage) -> list[int]:
    """Order versions by their numbers: 1.9 before 1.10."""
    return [int(part) for part in package.version.split(".") if part.isdecimal()]


def base_lang(code: str) -> str:
    """Give the language of a code without its region or script.

    >>> base_lang("ru-RU"), base_lang("EN_us")
    ('ru', 'en')
    """
    return code.replace("_", "-").split("-")[0].lower()


def install_package(path: Path) -> ModelPackage:
    """Check a package file and unpack it where argostranslate keeps its packages.

    Raises:
        EngineError: the archive is unsafe or damaged, or a package of its name is installed.
    """
    from toolkit.engine import ArgosEngine  # noqa: PLC0415 - the engine builds on this module

    if not path.is_file():
        raise EngineError(f"{path}: there is no such file; a package is a .argosmodel file")
    package = open_package(path)
    ArgosEngine(package)  # raises when the model does not load
    from argostranslate import package as argos, settings  # noqa: I001, PLC0415 - creates folders

    folder = Path(settings.package_data_dir, package.name)
    if folder.exists():
        raise EngineError(
            f"{path}: {package.name} is installed already; "
            f"remove it first with “bilingual model remove {package.name}”"
        )
    with _without_argos_translator():
        argos.install_from_path(path)
    return open_package(folder, "installed")


def remove_package(name: str) -> None:
    """Delete an installed package.

    Raises:
        EngineError: no such package is installed.
    """
    package = named_package(name)
    if package.origin != "installed":
        raise EngineError(f"{name}: is not an installed package; remove takes an installed name")
    from argostranslate import package as argos  # noqa: PLC0415 - creates folders

    with _without_argos_translator():
        argos.uninstall(argos.Package(Path(str(package.root))))


def _without_argos_translator() -> contextlib.AbstractContextManager[None]:
    """Let argostranslate's package functions end without its translation module.

    Their last step clears a cache of that module, whose dependencies (stanza, spacy, torch) the
    toolkit does without; everything else is done by then.
    """
    return contextlib.suppress(ModuleNotFoundError)


def install_from_index(source_lang: str, target_lang: str) -> ModelPackage:
    """Download a package from Argos' public index and install it: the only use of the network.

    Raises:
        EngineError: the index cannot be reached or has no package for the pair.
    """
    from argostranslate import package as argos, settings  # noqa: I001, PLC0415 - creates folders

    logging.getLogger("argostranslate").addHandler(logging.NullHandler())
    settings.local_package_index.unlink(missing_ok=True)
    argos.update_package_index()
    if not settings.local_package_index.exists():
        raise EngineError(
            f"{settings.remote_package_index}: the package index cannot be reached; "
            "check the connection, or install a .argosmodel file that you have"
        )
    for candidate in argos.get_available_packages():
        if (candidate.from_code, candidate.to_code) == (source_lang, target_lang):
            try:
                path: Path = candidate.download()
            except Exception as error:  # argostranslate raises nothing more specific
                raise EngineError(f"{candidate}: {error}; try again later") from error
            try:
                return install_package(path)
            finally:
                path.unlink(missing_ok=True)
    raise EngineError(f"the index has no package that translates {source_lang} to {target_lang}")
