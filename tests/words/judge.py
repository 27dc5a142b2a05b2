#!/usr/bin/python3
"""Spells numbers by the rules of ICU: a line `locale rule number` in, its words out."""

import sys

import icu

rules = {}
for line in sys.stdin.readlines():
    locale, rule, number = line.split()
    if locale not in rules:
        rules[locale] = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(locale))
    print(rules[locale].format(int(number), "%spellout-" + rule))
