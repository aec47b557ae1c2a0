namespace MailProxy.Routing.Catalog;

/// <summary>Names of stores: they stand in keys, logs and commands, so they are plain.</summary>
public static class StoreId
{
    /// <summary>Characters; as long as a DNS label.</summary>
    public const int MaxLength = 63;

    /// <summary>Why the text is no store id, as a phrase for people; null when it is one.</summary>
    public static string? Problem(string text) => text switch
    {
        "" => "no store id is given",
        { Length: > MaxLength } => $"the store id is longer than {MaxLength} characters",
        _ when !char.IsAsciiLetterOrDigit(text[0]) || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) =>
            "a store id consists of letters, digits, '-', '_' and '.', and begins with a letter or digit",
        _ => null,
    };
}
