namespace MailProxy.Protocols.Conversations;

/// <summary>
/// POP3 (RFC 1939, RFC 2449) after login. Commands and answers keep their order, so the kinds of the answers that are due are a queue of bits: one line,
/// or, if the line begins with "+", lines up to a single dot. A server never speaks unasked: the goodbye is the answer to the client's next command,
/// which is held back from the store.
/// <code>
/// client  verb [SP argument] LF
/// store   "+" text LF [lines "." CRLF] / "-" text LF
/// </code>
/// A verb that is not known may be answered either way, and what follows STLS and AUTH is none of this: opaque.
/// </summary>
public struct Pop3Conversation : IConversation
{
    // One bit each, and one is no room for a 65th: no client that is known has so many commands under way.
    private const int MostDue = 64;

    private static readonly ulong[] OneLine =
        [.. new[] { "STAT", "DELE", "NOOP", "RSET", "QUIT", "LAST", "UTF8" }.Select(verb => VerbRegister.Of(System.Text.Encoding.ASCII.GetBytes(verb)))];

    private static readonly ulong Quit = VerbRegister.Of("QUIT"u8);
    private static readonly ulong Retrieve = VerbRegister.Of("RETR"u8);
    private static readonly ulong Top = VerbRegister.Of("TOP"u8);
    private static readonly ulong Capabilities = VerbRegister.Of("CAPA"u8);
    private static readonly ulong List = VerbRegister.Of("LIST"u8);
    private static readonly ulong UniqueIds = VerbRegister.Of("UIDL"u8);
    private static readonly ulong Languages = VerbRegister.Of("LANG"u8);

    // The lowest bit is the answer that comes next; set: lines up to a dot.
    private ulong _due;
    private ulong _verb;
    private byte _dueCount;
    private byte _end;
    private ClientPlace _client;
    private StorePlace _store;
    private Flags _flags;

    private enum ClientPlace : byte
    {
        LineStart,
        Verb,
        BehindVerb,
        Argument,
    }

    private enum StorePlace : byte
    {
        LineStart,
        OneLine,
        FirstOfMany,
        Lines,
    }

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        IsEnding = 1,

        // A whole command was held back: the client waits for the goodbye.
        IsAsked = 2,
        IsLeaving = 4,
        IsOpaque = 8,
    }

    /// <inheritdoc/>
    public readonly ConversationStand Stand =>
        Has(Flags.IsOpaque) ? ConversationStand.Opaque
        : Has(Flags.IsAsked) && IsAnswered && !Has(Flags.IsLeaving) ? ConversationStand.Boundary
        : ConversationStand.Busy;

    /// <inheritdoc/>
    public readonly long UnseenFromClient => Has(Flags.IsOpaque) ? long.MaxValue : 0;

    /// <inheritdoc/>
    public readonly long UnseenFromStore => Has(Flags.IsOpaque) ? long.MaxValue : 0;

    private readonly bool IsAnswered => _dueCount == 0 && _store == StorePlace.LineStart;

    /// <inheritdoc/>
    public void End() => _flags |= Flags.IsEnding;

    /// <inheritdoc/>
    public int FromClient(ReadOnlySpan<byte> octets)
    {
        if (Has(Flags.IsOpaque))
        {
            return octets.Length;
        }

        if (Has(Flags.IsEnding))
        {
            // The rest of a command whose beginning has passed is as good as a whole one: the store never sees its end.
            _flags |= octets.Contains((byte)'\n') ? Flags.IsAsked : Flags.None;
            return 0;
        }

        foreach (var octet in octets)
        {
            ReadClient(octet);
        }

        return octets.Length;
    }

    /// <inheritdoc/>
    public int FromStore(ReadOnlySpan<byte> octets)
    {
        var at = 0;
        while (at < octets.Length)
        {
            if (Has(Flags.IsOpaque))
            {
                return octets.Length;
            }

            if (Has(Flags.IsEnding) && IsAnswered)
            {
                return at;
            }

            at += StoreStep(octets[at..]);
        }

        return at;
    }

    /// <inheritdoc/>
    public readonly void PassFromClient(long octets)
    {
        // Only what is opaque passes unseen.
    }

    /// <inheritdoc/>
    public readonly void PassFromStore(long octets)
    {
        // Only what is opaque passes unseen.
    }

    private readonly bool Has(Flags flag) => (_flags & flag) != 0;

    private void ReadClient(byte octet)
    {
        if (octet == '\n')
        {
            Ask();
            (_client, _verb) = (ClientPlace.LineStart, 0);
            return;
        }

        switch (_client)
        {
            case ClientPlace.LineStart or ClientPlace.Verb when octet is not ((byte)' ' or (byte)'\r'):
                // UTF8 has a digit; it is all that it needs to be told apart from other verbs.
                _client = ClientPlace.Verb;
                _ = VerbRegister.TryAdd(octet, ref _verb) || octet == '8' || VerbRegister.TryAdd((byte)'Z', ref _verb);
                break;
            case ClientPlace.LineStart or ClientPlace.Verb:
                _client = ClientPlace.BehindVerb;
                break;
            case ClientPlace.BehindVerb when octet is not ((byte)' ' or (byte)'\r'):
                _client = ClientPlace.Argument;
                break;
        }
    }

    private void Ask()
    {
        var hasArgument = _client == ClientPlace.Argument;
        var isMany = _verb == Retrieve || _verb == Top || _verb == Capabilities || (!hasArgument && (_verb == List || _verb == UniqueIds || _verb == Languages));
        var isOne = OneLine.Contains(_verb) || (hasArgument && (_verb == List || _verb == UniqueIds || _verb == Languages));
        if ((!isMany && !isOne) || _dueCount == MostDue)
        {
            _flags |= Flags.IsOpaque;
            return;
        }

        _flags |= _verb == Quit ? Flags.IsLeaving : Flags.None;
        _due |= isMany ? 1UL << _dueCount : 0;
        _dueCount++;
    }

    private int StoreStep(ReadOnlySpan<byte> octets)
    {
        switch (_store)
        {
            case StorePlace.LineStart:
                _store = octets[0] == '+' && (_due & 1) != 0 ? StorePlace.FirstOfMany : StorePlace.OneLine;
                return 0;
            case StorePlace.Lines when _dueCount == 1 && !Has(Flags.IsEnding):
                // Nothing else was asked, so nothing comes behind the end: a message's octets need not be searched for it.
                if (MessageEnd.ReadTail(octets, ref _end))
                {
                    Answered();
                }

                return octets.Length;
            case StorePlace.Lines:
                var read = MessageEnd.Read(octets, ref _end);
                if (read > 0)
                {
                    Answered();
                }

                return read > 0 ? read : octets.Length;
            default:
                return ReadLine(octets);
        }
    }

    private int ReadLine(ReadOnlySpan<byte> octets)
    {
        var length = octets.IndexOf((byte)'\n') + 1;
        if (length == 0)
        {
            return octets.Length;
        }

        if (_store == StorePlace.FirstOfMany)
        {
            (_store, _end) = (StorePlace.Lines, MessageEnd.LineStart);
        }
        else
        {
            Answered();
        }

        return length;
    }

    private void Answered()
    {
        _store = StorePlace.LineStart;
        _due >>= 1;
        _dueCount -= _dueCount == 0 ? (byte)0 : (byte)1;
    }
}
