"""Contains all the data models used in inputs/outputs, each in a module of its own"""
