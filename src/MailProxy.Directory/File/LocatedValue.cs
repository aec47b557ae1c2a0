namespace MailProxy.Directory.File;

/// <summary>A JSON value that knows where it stands.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Line">Where it begins, counted from 1.</param>
/// <param name="Pointer">RFC 6901.</param>
/// <param name="Text">Strings and numbers: the text; booleans: <c>true</c> or <c>false</c>.</param>
/// <param name="Members">Of arrays and objects, in order.</param>
internal sealed record LocatedValue(LocatedKind Kind, int Line, string Pointer, string Text, List<LocatedMember> Members)
{
    public FileError Error(string message) => new(Line, Pointer, message);

    /// <summary>What it is, for messages; not what it holds.</summary>
    public override string ToString() => $"{Kind} at line {Line}";
}
