from tests.support.wired import wired

__all__ = ["wired"]
