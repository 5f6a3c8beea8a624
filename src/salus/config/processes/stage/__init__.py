"""Stages of exercises: how a desk makes and keeps them, and how a stage follows its desk."""
