using System.Globalization;
using System.Text;
using MailProxy.Store.Engine;
using MailProxy.Store.Mime;

namespace MailProxy.Store.Tests.Engine;

/// <summary>Says how long a message is and what its first line was: enough to tell one structure from another.</summary>
internal sealed class SizeAnalyzer : IMessageAnalyzer
{
    public async ValueTask<MessageStructure> AnalyzeAsync(Stream content, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        string text = Encoding.Latin1.GetString(copy.ToArray());
        return new(
            Encoding.Latin1.GetBytes(text.Split("\r\n")[0]),
            Encoding.Latin1.GetBytes(copy.Length.ToString(CultureInfo.InvariantCulture)),
            []);
    }
}
