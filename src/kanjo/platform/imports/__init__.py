"""What came from elsewhere: a document per import, and the rows it could not take, kept until they are mended."""
