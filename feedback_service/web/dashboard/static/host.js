// The page in the preview's frame: it lets the widget ask at once, and again when told.

const survey = document.getElementById("host").dataset.survey
const ask = () => window.Feedback?.show(survey)

document.getElementById("again").addEventListener("click", ask)
const timer = setInterval(() => {
  if (!window.Feedback) return
  clearInterval(timer)
  ask()
}, 50)
