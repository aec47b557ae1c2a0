namespace MailProxy.Store.Tests.Serving;

/// <summary>A file with the given text that goes away with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text) => File.WriteAllText(FullName, text);

    public string FullName { get; } = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(FullName);
}
