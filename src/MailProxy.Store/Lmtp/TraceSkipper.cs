using System.Text;

namespace MailProxy.Store.Lmtp;

/// <summary>
/// Tells the trace fields in front of a message from the rest of it, however its octets come (RFC 5321 4.4; <c>Delivered-To</c> as Postfix and
/// Dovecot write it). A field is its line and every line behind it that begins with a space or a tab:
/// <code>
/// trace = *( ( "Received" / "Return-Path" / "Delivered-To" ) ":" *( any octet but LF ) LF *( ( SP / HTAB ) *( any octet but LF ) LF ) )
/// </code>
/// The first line that begins otherwise, and all behind it, is the rest. Names in any case.
/// </summary>
internal sealed class TraceSkipper
{
    private const int LongestName = 12;

    private readonly byte[] _name = new byte[LongestName];
    private int _held;
    private State _state = State.LineStart;
    private bool _hasField;

    private enum State
    {
        /// <summary>Nothing of the line was read.</summary>
        LineStart,

        /// <summary>A name is being read, and held.</summary>
        Name,

        /// <summary>Inside a line of a trace field.</summary>
        Trace,

        /// <summary>The rest has begun.</summary>
        Rest,
    }

    /// <summary>What of <paramref name="octets"/> belongs to the rest. In front of it goes <paramref name="held"/>: octets of earlier calls that turned out to belong there.</summary>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> octets, out ReadOnlySpan<byte> held)
    {
        held = [];
        var at = 0;
        while (_state != State.Rest && at < octets.Length)
        {
            switch (_state)
            {
                case State.Trace:
                    var end = octets[at..].IndexOf((byte)'\n');
                    at = end < 0 ? octets.Length : at + end + 1;
                    _state = end < 0 ? State.Trace : State.LineStart;
                    break;
                case State.LineStart:
                    // A folded line belongs to the field above it; a first line that begins so belongs to none.
                    _state = _hasField && octets[at] is (byte)' ' or (byte)'\t' ? State.Trace : State.Name;
                    break;
                default:
                    at += TakeName(octets[at]);
                    break;
            }
        }

        if (_state == State.Rest)
        {
            held = _name.AsSpan(0, _held);
            _held = 0;
        }

        return octets[at..];
    }

    /// <summary>The message is over: what was held is part of the rest.</summary>
    public ReadOnlySpan<byte> End()
    {
        _state = State.Rest;
        return _name.AsSpan(0, _held);
    }

    // Octets taken: one, or none when the rest begins with what is held and this one.
    private int TakeName(byte octet)
    {
        if (octet == ':' && IsTrace(_name.AsSpan(0, _held)))
        {
            (_held, _hasField, _state) = (0, true, State.Trace);
            return 1;
        }

        if (_held == LongestName || !(char.IsAsciiLetter((char)octet) || octet == '-'))
        {
            _state = State.Rest;
            return 0;
        }

        _name[_held++] = octet;
        return 1;
    }

    private static bool IsTrace(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "received"u8) || Ascii.EqualsIgnoreCase(name, "return-path"u8)
        || Ascii.EqualsIgnoreCase(name, "delivered-to"u8);
}
