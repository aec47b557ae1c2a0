using System.Buffers;
using MailProxy.Protocols;

namespace MailProxy.Proxy.Wire;

/// <summary>A grammar function over what has been received. Values it returns own their octets: the buffer is gone afterwards.</summary>
internal delegate ReadStatus WireParser<T>(in ReadOnlySequence<byte> buffer, out T? value, out SequencePosition end);
