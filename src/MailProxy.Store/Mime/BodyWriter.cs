using System.Buffers;
using System.Text;
using MailProxy.Protocols.Imap;
using MimeKit;

namespace MailProxy.Store.Mime;

/// <summary>
/// Writes <c>body = "(" (body-type-1part / body-type-mpart) ")"</c> (RFC 9051 7.5.2 and 9): BODYSTRUCTURE with the extension data,
/// BODY without.
/// </summary>
internal static class BodyWriter
{
    /// <summary>Writes the body of one entity and what is in it. The depth is bounded by the reader of the tree.</summary>
    public static void Write(IBufferWriter<byte> writer, MimeNode node, bool extended)
    {
        writer.Write("("u8);
        switch (node.Kind)
        {
            case MimeNodeKind.Multipart:
                WriteMultipart(writer, node, extended);
                break;
            case MimeNodeKind.Message:
                WriteType(writer, node.Type!.MediaType, node.Type.MediaSubtype, node.Type);
                WriteFields(writer, node);
                writer.Write(" "u8);
                EnvelopeWriter.Write(writer, node.Children[0]);
                writer.Write(" "u8);
                Write(writer, node.Children[0], extended);
                WriteNumber(writer, node.Lines);
                WriteExtension(writer, node, extended);
                break;
            default:
                WriteLeaf(writer, node, extended);
                break;
        }

        writer.Write(")"u8);
    }

    private static void WriteMultipart(IBufferWriter<byte> writer, MimeNode node, bool extended)
    {
        foreach (var child in node.Children)
        {
            Write(writer, child, extended);
        }

        if (node.Children.Count == 0)
        {
            // The grammar wants at least one part.
            Write(writer, new MimeNode { Kind = MimeNodeKind.Leaf, Begin = node.End, HeaderEnd = node.End, End = node.End }, extended);
        }

        writer.Write(" "u8);
        NStringWriter.WriteText(writer, node.Type!.MediaSubtype);
        if (extended)
        {
            writer.Write(" "u8);
            WriteParameters(writer, node.Type.Parameters);
            WriteTail(writer, node);
        }
    }

    private static void WriteLeaf(IBufferWriter<byte> writer, MimeNode node, bool extended)
    {
        var isText = node.Type is null || node.Type.IsMimeType("text", "*");
        if (node.Type is null || (isText && node.Field(HeaderId.ContentType) is null))
        {
            // RFC 2045 5.2: what says nothing is this.
            writer.Write("\"text\" \"plain\" (\"charset\" \"us-ascii\")"u8);
        }
        else if (node.Type.IsMimeType("multipart", "*") || node.Type.IsMimeType("message", "rfc822") || node.Type.IsMimeType("message", "global"))
        {
            // Encoded against RFC 2046 5.2.1 or nested too deeply, so not looked into: its own type would promise parts.
            WriteType(writer, "application", "octet-stream", null);
        }
        else
        {
            WriteType(writer, node.Type.MediaType, node.Type.MediaSubtype, node.Type);
        }

        WriteFields(writer, node);
        if (isText)
        {
            WriteNumber(writer, node.Lines);
        }

        WriteExtension(writer, node, extended);
    }

    private static void WriteType(IBufferWriter<byte> writer, string type, string subtype, ContentType? parameters)
    {
        NStringWriter.WriteText(writer, type);
        writer.Write(" "u8);
        NStringWriter.WriteText(writer, subtype);
        writer.Write(" "u8);
        WriteParameters(writer, parameters?.Parameters);
    }

    // body-fields behind the parameters: id, description, encoding, octets.
    private static void WriteFields(IBufferWriter<byte> writer, MimeNode node)
    {
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, node.Field(HeaderId.ContentId));
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, node.Field(HeaderId.ContentDescription));
        writer.Write(" "u8);
        var encoding = node.Field(HeaderId.ContentTransferEncoding) is { } field ? NStringWriter.Unfold(field.RawValue) : [];
        ImapStringWriter.WriteServerString(writer, encoding is { Length: > 0 } ? encoding : "7bit"u8);
        WriteNumber(writer, node.Size);
    }

    private static void WriteNumber(IBufferWriter<byte> writer, long number)
    {
        writer.Write(" "u8);
        NStringWriter.WriteNumber(writer, number);
    }

    private static void WriteExtension(IBufferWriter<byte> writer, MimeNode node, bool extended)
    {
        if (extended)
        {
            writer.Write(" "u8);
            NStringWriter.WriteValue(writer, node.Field(HeaderId.ContentMd5));
            WriteTail(writer, node);
        }
    }

    // Disposition, language, location.
    private static void WriteTail(IBufferWriter<byte> writer, MimeNode node)
    {
        if (node.Field(HeaderId.ContentDisposition) is { } field && ContentDisposition.TryParse(field.RawValue, out var disposition))
        {
            writer.Write(" ("u8);
            NStringWriter.WriteText(writer, disposition.Disposition);
            writer.Write(" "u8);
            WriteParameters(writer, disposition.Parameters);
            writer.Write(") "u8);
        }
        else
        {
            writer.Write(" NIL "u8);
        }

        WriteLanguages(writer, node.Field(HeaderId.ContentLanguage));
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, node.Field(HeaderId.ContentLocation));
    }

    private static void WriteLanguages(IBufferWriter<byte> writer, Header? field)
    {
        var languages = field?.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (languages.Length == 0)
        {
            writer.Write("NIL"u8);
            return;
        }

        writer.Write("("u8);
        for (var i = 0; i < languages.Length; i++)
        {
            writer.Write(i == 0 ? ""u8 : " "u8);
            NStringWriter.WriteText(writer, languages[i]);
        }

        writer.Write(")"u8);
    }

    private static void WriteParameters(IBufferWriter<byte> writer, ParameterList? parameters)
    {
        if (parameters is null || parameters.Count == 0)
        {
            writer.Write("NIL"u8);
            return;
        }

        var isFirst = true;
        foreach (var parameter in parameters)
        {
            writer.Write(isFirst ? "("u8 : " "u8);
            isFirst = false;

            // What is not ASCII leaves in the one form that every client decodes (RFC 2231 4).
            var isPlain = Ascii.IsValid(parameter.Value);
            NStringWriter.WriteText(writer, isPlain ? parameter.Name : parameter.Name + "*");
            writer.Write(" "u8);
            NStringWriter.WriteText(writer, isPlain ? parameter.Value : "utf-8''" + Uri.EscapeDataString(parameter.Value));
        }

        writer.Write(")"u8);
    }
}
