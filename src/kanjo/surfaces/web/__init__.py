"""The pages: server-rendered, readable without JavaScript. They translate and never decide.

`addresses.py` lists every address; a list, a detail and a form are each declared once (`lists`, `details`, `forms`) and
drawn by one template. Each folder holds the pages of one domain or desk.
"""
