using System.Buffers;
using System.Text;
using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>A message's header as milters change it, one after the other. What they do not touch goes out octet for octet.</summary>
internal sealed class EditedHeader(List<HeaderField> fields)
{
    // A header of a megabyte is none; each milter may add as much again.
    private const int MostFields = 10_000;

    /// <summary>The fields now.</summary>
    public IReadOnlyList<HeaderField> Fields => fields;

    /// <summary>Something was changed.</summary>
    public bool IsEdited { get; private set; }

    /// <summary>Applies what a milter said of the header; other verbs do nothing here.</summary>
    /// <param name="change">What.</param>
    /// <param name="hasLeadingSpace">Its values bring the blank behind the colon.</param>
    public void Apply(MilterReply change, bool hasLeadingSpace)
    {
        switch (change.Verb)
        {
            case MilterVerb.AddHeader when fields.Count < MostFields:
                fields.Add(Format(change, hasLeadingSpace));
                break;
            case MilterVerb.InsertHeader when fields.Count < MostFields:
                fields.Insert((int)Math.Min(change.Index, (uint)fields.Count), Format(change, hasLeadingSpace));
                break;
            case MilterVerb.ChangeHeader:
                Change(change, hasLeadingSpace);
                break;
            default:
                return;
        }

        IsEdited = true;
    }

    /// <summary>Puts a field in front of all.</summary>
    public void Mark(string name, string value)
    {
        fields.Insert(0, Format(new(MilterVerb.InsertHeader, 0, name, value, []), hasLeadingSpace: false));
        IsEdited = true;
    }

    /// <summary>The header with the empty line behind it.</summary>
    public ReadOnlyMemory<byte> ToOctets()
    {
        var octets = new ArrayBufferWriter<byte>();
        foreach (var field in fields)
        {
            octets.Write(field.Octets.Span);
            octets.Write("\r\n"u8);
        }

        octets.Write("\r\n"u8);
        return octets.WrittenMemory;
    }

    // The first is 1. An empty value deletes; one that is not there is added, as Sendmail does it.
    private void Change(MilterReply change, bool hasLeadingSpace)
    {
        var left = Math.Max(1, change.Index);
        var name = Encoding.Latin1.GetBytes(change.Text);
        for (var i = 0; i < fields.Count; i++)
        {
            if (!Ascii.EqualsIgnoreCase(fields[i].Name, name) || --left > 0)
            {
                continue;
            }

            if (change.More.Length == 0)
            {
                fields.RemoveAt(i);
            }
            else
            {
                fields[i] = Format(change, hasLeadingSpace);
            }

            return;
        }

        if (change.More.Length > 0 && fields.Count < MostFields)
        {
            fields.Add(Format(change, hasLeadingSpace));
        }
    }

    // Milters fold by LF alone, and a line that begins without a blank would be a field of its own: it gets a tab.
    private static HeaderField Format(MilterReply change, bool hasLeadingSpace)
    {
        var text = new StringBuilder(change.Text.Length + change.More.Length + 8);
        foreach (var character in change.Text.Where(static character => character is > ' ' and <= '~' and not ':'))
        {
            text.Append(character);
        }

        text.Append(hasLeadingSpace ? ":" : ": ");
        var lines = change.More.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(i == 0 ? "" : lines[i].Length > 0 && lines[i][0] is ' ' or '\t' ? "\r\n" : "\r\n\t").Append(lines[i]);
        }

        return HeaderField.Of(Encoding.Latin1.GetBytes(text.ToString()));
    }
}
