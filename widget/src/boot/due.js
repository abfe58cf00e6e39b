/** @import { Config, Survey } from "../wire" */

/**
 * Choose the survey to ask unbidden, if any.
 *
 * @param {Config} config
 * @param {string | undefined} named data-survey: this one and no other, whatever its trigger
 * @param {(survey: string) => boolean} isSettled answered or closed by this visitor lately
 * @returns {Survey | undefined}
 */
export function dueSurvey(config, named, isSettled) {
  return config.surveys.find(
    (survey) =>
      (named ? survey.key === named : survey.display.trigger === "load") && !isSettled(survey.key),
  )
}
