// A screen is looked at all the time: day.js asks anew at midnight, when it is told that somebody looks.
setInterval(look, 1000);
