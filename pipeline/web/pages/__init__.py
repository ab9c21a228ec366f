"""The pages, a module each: what is shown, and what their forms do. Each calls the steps and draws what they return."""
