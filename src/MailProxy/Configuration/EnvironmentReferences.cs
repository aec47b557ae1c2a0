using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace MailProxy.Configuration;

/// <summary>Replaces <c>${NAME}</c> in values by the environment variable NAME, so that one file serves where only a path or a name differs.</summary>
internal static partial class EnvironmentReferences
{
    /// <summary>Expands every value in place; a variable that is not set is an error.</summary>
    public static void Expand(IConfigurationRoot root, List<string> errors)
    {
        foreach (var (key, value) in root.AsEnumerable().ToList())
        {
            if (value?.Contains("${", StringComparison.Ordinal) == true)
            {
                root[key] = Reference().Replace(value, match => ValueOf(match.Groups[1].Value, key, errors));
            }
        }
    }

    private static string ValueOf(string name, string key, List<string> errors)
    {
        if (Environment.GetEnvironmentVariable(name) is { } value)
        {
            return value;
        }

        errors.Add($"{key}: the environment variable {name} is not set.");
        return "";
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Reference();
}
