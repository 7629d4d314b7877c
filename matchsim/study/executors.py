"""Where the chunks of a study are simulated: processes, threads, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from matchsim.errors import InputError, Problem, RunError

__all__ = ["Workers", "workers"]

# Dask's own would have workers give memory back after every array, which takes as long again as a season.
WORKER_ENVIRONMENT = {"OMP_NUM_THREADS": 1, "MKL_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1}


@dataclass(frozen=True)
class Workers:
    """How to make an executor, and how many workers it has."""

    new_executor: Callable[[], Executor]
    number: int


@contextmanager
def workers(
    jobs: int | None = None, scheduler: str | None = None, executor: Executor | None = None
) -> Iterator[Workers]:
    """The workers asked for; a cluster that was started for them ends with the block.

    Parameters
    ----------
    jobs
        How many; left out = as many as there are cores.
    scheduler
        Address of a Dask scheduler such as ``tcp://10.0.0.1:8786``, or ``local`` for one on this machine.
    executor
        Any executor of one's own; it is not shut down.

    Raises
    ------
    InputError
        When Dask is asked for and not installed.
    RunError
        When the scheduler cannot be reached.
    """
    number = jobs or os.cpu_count() or 1
    if executor is not None:
        lent: int = jobs or getattr(executor, "_max_workers", None) or number
        yield Workers(lambda: _Lent(executor), lent)
    elif scheduler is not None:
        with _dask(scheduler, number) as found:
            yield found
    elif _in_notebook():
        yield Workers(lambda: ThreadPoolExecutor(number), number)
    else:
        # A forked process would inherit threads of numerical libraries in an unknown state.
        context = multiprocessing.get_context("spawn")

        def processes() -> Executor:
            return ProcessPoolExecutor(number, mp_context=context, initializer=_worker_begins)

        yield Workers(processes, number)


class _Lent(Executor):
    """Somebody's executor, which they shut down themselves."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Pass on."""
        return self._executor.submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave it as it is."""


def _worker_begins() -> None:
    """A worker leaves interruptions to the driver, and ends when the driver is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_the_driver() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_the_driver, daemon=True).start()


@contextmanager
def _dask(scheduler: str, number: int) -> Iterator[Workers]:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        remedy = 'pip install "matchsim[cluster]"'
        raise InputError(Problem("--scheduler needs Dask, which is not installed", remedy=remedy)) from None
    if scheduler == "local":
        # One thread a worker: seasons then share nothing, and a killed worker takes one part with it.
        with (
            dask.config.set({"distributed.nanny.pre-spawn-environ": WORKER_ENVIRONMENT}),
            LocalCluster(
                n_workers=number, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            yield _of_client(client)
        return
    try:
        client = Client(scheduler, timeout="20s")
    except (OSError, ValueError) as error:
        told = f"the scheduler {scheduler} cannot be reached: {error}"
        raise RunError(told) from None
    with client:
        yield _of_client(client)


def _of_client(client: Any) -> Workers:
    threads = sum(client.nthreads().values())
    # Chunks are pure in what they give, but equal arguments need not be simulated once only.
    return Workers(lambda: client.get_executor(pure=False, retries=5), max(1, threads))


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
