namespace MailProxy.Configuration;

/// <summary>A configuration cannot be used. The message lists every error, one per line.</summary>
public sealed class InvalidConfigurationException(string source, IReadOnlyList<string> errors)
    : Exception($"{source}: {errors.Count} {(errors.Count == 1 ? "error" : "errors")}\n{string.Join('\n', errors.Select(error => "  " + error))}")
{
    /// <summary>One per error, as <c>Section:Key: what to do</c>.</summary>
    public IReadOnlyList<string> Errors => errors;
}
