using System.Globalization;
using MailProxy.Testing;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>
/// An IMAP client that is busy until it hears goodbye, and takes nothing for granted: whatever it reads is the whole answer to what it asked, or, before
/// any of that came, the goodbye and then the end.
/// </summary>
internal sealed class GoodbyeClient(DialogueClient connection, int seed)
{
    private readonly Random _chance = new(seed);
    private readonly TaskCompletionSource _isIn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it has heard "yes". Before that a moving user's login is routed again, and no goodbye is due.</summary>
    public Task IsIn => _isIn.Task;

    /// <summary>True: it heard the goodbye. False: it was cut.</summary>
    public async Task<bool> RunAsync()
    {
        await LogInAsync();
        try
        {
            while (await ActAsync())
            {
            }
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The transport in memory refuses a write to who has closed, though the goodbye waits to be read.
            return await HearsGoodbyeAsync();
        }

        return true;
    }

    private async Task LogInAsync()
    {
        try
        {
            await connection.ExpectAsync("\\* OK *");
            await connection.SendLineAsync("a LOGIN alice@example.org secret");
            await connection.ExpectAsync("a OK *");
            _isIn.SetResult();
        }
        catch (Exception exception)
        {
            _isIn.SetException(exception);
            throw;
        }
    }

    private async Task<bool> HearsGoodbyeAsync()
    {
        try
        {
            return await FirstLineAsync() is null;
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            return false;
        }
    }

    private Task<bool> ActAsync() => _chance.Next(3) switch
    {
        0 => FetchAsync(),
        1 => AppendAsync(),
        _ => IdleAsync(),
    };

    private async Task<bool> FetchAsync()
    {
        await connection.SendLineAsync("b FETCH 1:2 BODY[]");
        if (await FirstLineAsync() is not { } line)
        {
            return false;
        }

        for (; line != "b OK done"; line = await WholeLineAsync())
        {
            Assert.StartsWith("* 1 FETCH (BODY[] {", line, StringComparison.Ordinal);
            var size = int.Parse(line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture);
            Assert.Equal(GoodbyeStore.Body(size), await connection.ReadAsync(size));
            Assert.Equal(")", await WholeLineAsync());
        }

        return true;
    }

    private async Task<bool> AppendAsync()
    {
        var size = _chance.Next(1, 16_000);
        await connection.SendLineAsync($"c APPEND INBOX {{{size}}}");
        if (await FirstLineAsync() is not { } line)
        {
            return false;
        }

        Assert.Equal("+ go", line);
        await connection.SendAsync(GoodbyeStore.Body(size) + "\r\n");
        Assert.Equal("c OK taken", await WholeLineAsync());
        return true;
    }

    private async Task<bool> IdleAsync()
    {
        await connection.SendLineAsync("d IDLE");
        for (var i = 0; i < 2; i++)
        {
            if (await FirstLineAsync() is null)
            {
                return false;
            }
        }

        await connection.SendLineAsync("DONE");
        if (await FirstLineAsync() is not { } line)
        {
            return false;
        }

        Assert.Equal("d OK", line);
        return true;
    }

    // Null: the goodbye, and the end behind it.
    private async Task<string?> FirstLineAsync()
    {
        var line = await WholeLineAsync();
        if (!line.StartsWith("* BYE [UNAVAILABLE] Your mailbox has moved", StringComparison.Ordinal))
        {
            return line;
        }

        await connection.ExpectGoneAsync();
        return null;
    }

    private async Task<string> WholeLineAsync() => await connection.ReadLineAsync() ?? throw new IOException("cut");
}
