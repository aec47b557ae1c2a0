using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>An IMAP client that parses every response, and takes none that RFC 9051 does not have.</summary>
internal sealed partial class StrictImap(ChaosWire wire) : IAsyncDisposable
{
    private int _lastTag;
    private bool _isLeaving;

    /// <summary>What came without having been asked for, and data of the command under way; literals stand behind their <c>{n}</c>.</summary>
    public List<string> Untagged { get; } = [];

    /// <summary>The greeting is read.</summary>
    public static async Task<StrictImap> ConnectAsync(int port)
    {
        var imap = new StrictImap(await ChaosWire.ConnectAsync(port));
        try
        {
            await imap.ReadAsync();
            return imap;
        }
        catch
        {
            await imap.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command, to its tagged answer: <c>OK ...</c>, <c>NO ...</c>.</summary>
    public async Task<string> CommandAsync(string text)
    {
        var tag = await BeginAsync(text);
        return await EndAsync(tag);
    }

    /// <summary>Ends the session: a goodbye, the tagged answer, and then nothing any more (RFC 9051 6.1.3).</summary>
    public async Task LogOutAsync()
    {
        var tag = await BeginAsync("LOGOUT");
        _isLeaving = true;
        await EndAsync(tag);
        if (!Untagged.Exists(line => line.StartsWith("* BYE", StringComparison.Ordinal)))
        {
            throw new ChaosCorruptException("LOGOUT was answered without a BYE");
        }

        await wire.EndAsync();
    }

    /// <summary>Begins a command; its tag.</summary>
    public async Task<string> BeginAsync(string text)
    {
        Untagged.Clear();
        var tag = string.Create(CultureInfo.InvariantCulture, $"t{++_lastTag}");
        await wire.SayAsync($"{tag} {text}\r\n");
        return tag;
    }

    /// <summary>Sends octets as they are.</summary>
    public Task SayAsync(string octets) => wire.SayAsync(octets);

    /// <summary>Reads to a command's tagged answer.</summary>
    public async Task<string> EndAsync(string tag)
    {
        while (true)
        {
            var response = await ReadAsync();
            if (response.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                return response[(tag.Length + 1)..];
            }
        }
    }

    /// <summary>The next response.</summary>
    /// <exception cref="ChaosByeException">It is a goodbye, and nothing came behind it.</exception>
    public async Task<string> ReadAsync()
    {
        var text = new StringBuilder();
        var shape = new StringBuilder();
        while (true)
        {
            var line = await wire.LineAsync();
            text.Append(line);
            if (LiteralPattern().Match(line) is not { Success: true } literal)
            {
                shape.Append(line);
                break;
            }

            shape.Append(line, 0, literal.Index).Append("\"\"");
            text.Append(await wire.OctetsAsync(int.Parse(literal.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
        }

        Judge(shape.ToString());
        var response = text.ToString();
        if (!_isLeaving && response.StartsWith("* BYE", StringComparison.Ordinal))
        {
            await wire.EndAsync();
            throw new ChaosByeException(response);
        }

        if (response.StartsWith("* ", StringComparison.Ordinal))
        {
            Untagged.Add(response);
        }

        return response;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => wire.DisposeAsync();

    private static void Judge(string shape)
    {
        var parts = QuotedPattern().Replace(shape, "q");
        if (!ResponsePattern().IsMatch(shape) || (shape.Contains(" FETCH ", StringComparison.Ordinal) && !IsBalanced(parts)))
        {
            throw new ChaosCorruptException($"no IMAP response: '{shape}'");
        }
    }

    private static bool IsBalanced(string text)
    {
        var depth = 0;
        foreach (var sign in text)
        {
            depth += sign == '(' ? 1 : sign == ')' ? -1 : 0;
            if (depth < 0)
            {
                return false;
            }
        }

        return depth == 0;
    }

    [GeneratedRegex(@"\{(\d+)\}$")]
    private static partial Regex LiteralPattern();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex QuotedPattern();

    [GeneratedRegex(@"^(\* \d+ (EXISTS|RECENT|EXPUNGE|FETCH \(.*\))|\* (OK|NO|BAD|BYE) .+|\* (CAPABILITY|FLAGS|LIST|SEARCH|ESEARCH|STATUS|ID|ENABLED)( .*)?|\+ .*|\+|t\d+ (OK|NO|BAD) .+)$")]
    private static partial Regex ResponsePattern();
}
