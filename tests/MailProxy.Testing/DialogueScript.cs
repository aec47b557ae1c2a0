using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Testing;

/// <summary>
/// A dialogue as text, played from the client's side. One step per line; blank lines and <c>#</c> lines are ignored:
/// <code>
/// C: a LOGIN x y      send this line and CRLF
/// C+ AAAA             send this without CRLF (\r, \n and \0 are escapes, in C: too)
/// S: a OK *           the next line must match (wildcards * and ?)
/// S~ a OK *           skip lines up to the first that matches
/// TLS                 become a TLS client
/// END                 the peer must end the connection now
/// CLOSE               end our direction
/// </code>
/// </summary>
public static class DialogueScript
{
    /// <summary>Plays every step. Errors: <see cref="DialogueException"/> with the step's number.</summary>
    public static async Task PlayAsync(ConnectionContext connection, string script, TlsClientSettings? tls = null)
    {
        // Not disposed here: the test may look at the connection afterwards.
        var client = new DialogueClient(connection);
        var number = 0;
        foreach (var line in script.Split('\n'))
        {
            number++;
            var step = line.Trim();
            if (step.Length == 0 || step[0] == '#')
            {
                continue;
            }

            try
            {
                await StepAsync(client, step, tls);
            }
            catch (Exception exception) when (exception is DialogueException or TimeoutException or IOException or OperationCanceledException)
            {
                throw new DialogueException($"Line {number} of the script, '{step}': {exception.Message}");
            }
        }
    }

    private static Task StepAsync(DialogueClient client, string step, TlsClientSettings? tls)
    {
        var (word, rest) = step.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? (step[..space], step[(space + 1)..]) : (step, "");
        return word switch
        {
            "C:" => client.SendLineAsync(Unescape(rest)),
            "C+" => client.SendAsync(Unescape(rest)),
            "S:" => client.ExpectAsync(rest),
            "S~" => client.ExpectUntilAsync(rest),
            "TLS" => client.BecomeEncryptedAsync(tls ?? throw new DialogueException("The script needs TLS settings.")),
            "END" => client.ExpectEndAsync(),
            "CLOSE" => client.EndAsync().AsTask(),
            _ => throw new DialogueException("No such step."),
        };
    }

    private static string Unescape(string text) => text
        .Replace(@"\r", "\r", StringComparison.Ordinal)
        .Replace(@"\n", "\n", StringComparison.Ordinal)
        .Replace(@"\0", "\0", StringComparison.Ordinal);
}
