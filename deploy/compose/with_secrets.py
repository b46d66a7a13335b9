#!/opt/quiz/bin/python -I
"""The `quiz` command of the image: reads secrets from files, then becomes the real one.

Secrets come as files because what stands in a container's environment shows in `docker inspect`:

- `QUIZ_…_FILE` names the file that holds the value of `QUIZ_…`;
- `{name}` in a database's or Redis' address stands for the secret `name`, escaped as addresses need it.
"""

import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

PROGRAM = "/opt/quiz/bin/quiz"
SECRETS = Path("/run/secrets")
ADDRESSES = ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL")


def with_secrets(environ: dict[str, str], secrets: Path = SECRETS) -> dict[str, str]:
    """The environment with every secret in its place.

    Raises:
        OSError: a file is missing or cannot be read.
        ValueError: a value is given twice, or a secret is empty.
    """
    filled = dict(environ)
    for name in [name for name in environ if re.fullmatch(r"QUIZ_\w+_FILE", name)]:
        meant = name.removesuffix("_FILE")
        if environ.get(meant):
            raise ValueError(f"{meant} and {name} are both set.")
        filled[meant] = read_secret(Path(filled.pop(name)))
    for name in ADDRESSES:
        if name in environ:
            filled[name] = re.sub(r"{(\w+)}", lambda place: quote(read_secret(secrets / place[1]), ""), environ[name])
    return filled


def read_secret(path: Path) -> str:
    """What a file holds, without the line's end."""
    if secret := path.read_text(encoding="utf-8").strip():
        return secret
    raise ValueError(f"The secret in {path} is empty.")


def main() -> None:
    """Become the real command, so that it gets the signals itself."""
    try:
        environ = with_secrets(dict(os.environ))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    os.execve(PROGRAM, ["quiz", *sys.argv[1:]], environ)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
