using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Pop3;

/// <summary>The TRANSACTION state (RFC 1939 5): the commands that look at an open maildrop.</summary>
internal sealed class Pop3Transaction(Pop3Session session, Maildrop maildrop)
{
    // What is read of a message at a time, and so the most that waits to be sent of it.
    private const int PieceSize = 16 * 1024;

    // More lines of replies than this are sent before further ones are made: listings of large maildrops do not pile up.
    private const int UnsentLimit = 32 * 1024;

    /// <summary>What is open.</summary>
    public Maildrop Maildrop => maildrop;

    /// <summary>Messages sent whole.</summary>
    public int Retrieved { get; private set; }

    public ValueTask Stat() => session.Say(string.Create(CultureInfo.InvariantCulture, $"+OK {maildrop.Count} {maildrop.Octets}"));

    public ValueTask List(ReadOnlySequence<byte> argument) =>
        ListAsync(argument, $"+OK {maildrop.Count} messages ({maildrop.Octets} octets)", number => maildrop.SizeOf(number).ToString(CultureInfo.InvariantCulture));

    public ValueTask ListUniqueIds(ReadOnlySequence<byte> argument) => ListAsync(argument, "+OK", maildrop.UniqueIdOf);

    public ValueTask Delete(ReadOnlySequence<byte> argument)
    {
        if (!TryFind(argument, out var number))
        {
            return NoSuchMessage();
        }

        maildrop.Delete(number);
        return session.Say(string.Create(CultureInfo.InvariantCulture, $"+OK Message {number} deleted."));
    }

    public ValueTask Reset()
    {
        maildrop.Reset();
        return session.Say("+OK");
    }

    public async ValueTask RetrieveAsync(ReadOnlySequence<byte> argument)
    {
        if (!TryFind(argument, out var number))
        {
            await NoSuchMessage();
        }
        else if (await SendAsync(number, string.Create(CultureInfo.InvariantCulture, $"+OK {maildrop.SizeOf(number)} octets"), null))
        {
            Retrieved++;
            maildrop.SetRetrieved(number);
        }
    }

    public async ValueTask TopAsync(ReadOnlySequence<byte> argument)
    {
        var space = argument.PositionOf((byte)' ');
        if (space is not { } end || !TryReadNumber(argument.Slice(argument.GetPosition(1, end)), out var lines))
        {
            await session.Say("-ERR TOP takes a message and a number of lines.");
        }
        else if (!TryFind(argument.Slice(0, end), out var number))
        {
            await NoSuchMessage();
        }
        else
        {
            await SendAsync(number, "+OK", new TopFilter(lines));
        }
    }

    private static bool TryReadNumber(ReadOnlySequence<byte> text, out int number)
    {
        var octets = text.ToArray();
        return Utf8Parser.TryParse(octets, out number, out var read) && read == octets.Length && !octets.AsSpan().ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private bool TryFind(ReadOnlySequence<byte> argument, out int number) => TryReadNumber(argument, out number) && maildrop.Has(number);

    private ValueTask NoSuchMessage() => session.Say("-ERR No such message.");

    private async ValueTask ListAsync(ReadOnlySequence<byte> argument, string heading, Func<int, string> about)
    {
        if (!argument.IsEmpty)
        {
            await (TryFind(argument, out var one) ? session.Say(string.Create(CultureInfo.InvariantCulture, $"+OK {one} {about(one)}")) : NoSuchMessage());
            return;
        }

        await session.Say(heading);
        foreach (var number in maildrop.Numbers)
        {
            await session.Say(string.Create(CultureInfo.InvariantCulture, $"{number} {about(number)}"));
            if (session.Peer.Output.UnflushedBytes > UnsentLimit && !await session.Peer.FlushAsync())
            {
                session.End("client");
                return;
            }
        }

        await session.Say(".");
    }

    // True when the whole answer went out.
    private async ValueTask<bool> SendAsync(int number, string heading, TopFilter? filter)
    {
        Stream? content;
        try
        {
            content = await maildrop.OpenContentAsync(number, CancellationToken.None);
        }
        catch (Exception exception)
        {
            session.ReportFault(exception, "opening a message");
            await session.Say("-ERR [SYS/TEMP] The store failed, please try again later.");
            return false;
        }

        if (content is null)
        {
            await session.Say("-ERR [SYS/TEMP] This message was removed by another session.");
            return false;
        }

        await using (content)
        {
            await session.Say(heading);
            return await CopyAsync(content, filter);
        }
    }

    private async ValueTask<bool> CopyAsync(Stream content, TopFilter? filter)
    {
        var peer = session.Peer;
        var dots = new DotWriter();
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (filter is not { IsDone: true })
            {
                var read = await content.ReadAsync(piece.AsMemory(0, PieceSize));
                if (read == 0)
                {
                    break;
                }

                dots.Write(piece.AsSpan(0, filter?.Take(piece.AsSpan(0, read)) ?? read), peer.Output);
                peer.CountSent(read);
                if (!await peer.FlushAsync())
                {
                    session.End("client");
                    return false;
                }
            }

            dots.End(peer.Output);
            return true;
        }
        catch (Exception exception)
        {
            // The client must not take half a message for a whole one, so it never sees the dot.
            session.ReportFault(exception, "reading a message");
            peer.Connection.Abort();
            session.End("store fault");
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
