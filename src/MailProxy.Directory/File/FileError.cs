namespace MailProxy.Directory.File;

/// <summary>Something wrong in the users' file.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Pointer">RFC 6901: <c>/users/3/home</c>; empty for the whole file.</param>
/// <param name="Message">What is wrong and what to do. Never holds a secret.</param>
internal sealed record FileError(int Line, string Pointer, string Message)
{
    public override string ToString() => Pointer.Length == 0 ? $"line {Line}: {Message}" : $"line {Line}, {Pointer}: {Message}";
}
