/// The version of this program, as `--version`, the description of the API and the User-Agent tell it.
package let heliographVersion = "0.1.0"
