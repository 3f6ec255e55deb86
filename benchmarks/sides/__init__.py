"""What each side of a measure does in a process of its own: ours, sklearn-crfsuite, NLTK's taggers, spaCy's pipeline.

A side imports what it measures inside its functions, so that no process holds the packages of another.
"""
