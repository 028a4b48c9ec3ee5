# The installable library is put together here from the rooms base to detector.
