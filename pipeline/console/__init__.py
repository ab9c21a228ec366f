"""What administrators see of a campaign in a browser: acts with their fields, choices, outcomes of runs, the campaign.

Nothing here knows Prefect or a web server: flows and the web page draw what these modules return.
"""
