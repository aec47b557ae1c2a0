using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace MailProxy.Store.Tests.Imap;

/// <summary>Sends what a test says and reads octets as Latin-1. Every wait ends with the test's own time.</summary>
internal sealed class RawImapClient(ConnectionContext connection) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _tag;

    public ITlsFeature Tls => connection.Features.GetRequiredFeature<ITlsFeature>();

    /// <summary>The tag of the last command.</summary>
    public string Tag => "t" + _tag.ToString(CultureInfo.InvariantCulture);

    public async Task SendAsync(string octets)
    {
        await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(octets));
    }

    /// <summary>Runs a command; all that came, its tagged line last.</summary>
    public async Task<string> CommandAsync(string command)
    {
        _tag++;
        await SendAsync($"{Tag} {command}\r\n");
        return await ReadToTagAsync();
    }

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<string> OkAsync(string command)
    {
        var answer = await CommandAsync(command);
        Assert.Contains($"{Tag} OK ", answer, StringComparison.Ordinal);
        return answer;
    }

    /// <summary>Appends a message with a non-synchronizing literal.</summary>
    public Task<string> AppendAsync(string message, string arguments = "INBOX") => OkAsync($"APPEND {arguments} {{{message.Length}+}}\r\n{message}");

    /// <summary>Reads up to the tagged line of the last command.</summary>
    public Task<string> ReadToTagAsync() => ReadAsync(text =>
    {
        var at = text.StartsWith(Tag + " ", StringComparison.Ordinal) ? 0 : text.IndexOf("\r\n" + Tag + " ", StringComparison.Ordinal);
        var end = at < 0 ? -1 : text.IndexOf("\r\n", at + 2, StringComparison.Ordinal);
        return end < 0 ? 0 : end + 2;
    });

    public Task<string> ReadLineAsync() => ReadAsync(text => text.IndexOf('\n', StringComparison.Ordinal) + 1);

    /// <summary>Reads all that comes until the server closes.</summary>
    public Task<string> ReadToEndAsync() => ReadAsync(_ => 0, toEnd: true);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<string> ReadAsync(Func<string, int> end, bool toEnd = false)
    {
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience);
            var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
            var length = end(text);
            if (length > 0 || (toEnd && result.IsCompleted))
            {
                length = length > 0 ? length : text.Length;
                connection.Transport.Input.AdvanceTo(result.Buffer.GetPosition(length));
                return text[..length];
            }

            connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            Assert.False(result.IsCompleted, $"The server closed after: {text}");
        }
    }
}
