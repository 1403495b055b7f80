package main

// appID names the program to the operating system; FyneApp.toml says the same.
const appID = "app.bellhop.Bellhop"
