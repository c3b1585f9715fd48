"""What would have been done beside what agents did: is a category ready to go live?"""
