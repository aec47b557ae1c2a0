using MailProxy.Transport.Memory;
using MailProxy.Transport.Portable;

namespace MailProxy.Transport.Tests;

public sealed class PortableConnectionTests() : ConnectionSuite(time => new PortableTransport(time));

public sealed class MemoryConnectionTests() : ConnectionSuite(time => new MemoryTransport(time));

public sealed class PortableTlsTests() : TlsSuite(time => new PortableTransport(time));

public sealed class MemoryTlsTests() : TlsSuite(time => new MemoryTransport(time));

public sealed class PortableSpliceTests() : SpliceSuite(time => new PortableTransport(time));

public sealed class MemorySpliceTests() : SpliceSuite(time => new MemoryTransport(time));

public sealed class PortableServerTests() : ConnectionServerSuite(time => new PortableTransport(time));

public sealed class MemoryServerTests() : ConnectionServerSuite(time => new MemoryTransport(time));

public sealed class PortableLimitTests() : ConnectionLimitSuite(time => new PortableTransport(time));

public sealed class MemoryLimitTests() : ConnectionLimitSuite(time => new MemoryTransport(time));

public sealed class PortableTlsPeerTests() : TlsPeerSuite(time => new PortableTransport(time));

public sealed class MemoryTlsPeerTests() : TlsPeerSuite(time => new MemoryTransport(time));

public sealed class PortableBoundaryTests() : BoundarySuite(time => new PortableTransport(time));

public sealed class MemoryBoundaryTests() : BoundarySuite(time => new MemoryTransport(time));

public sealed class PortablePrefaceTests() : PrefaceSuite(time => new PortableTransport(time));

public sealed class MemoryPrefaceTests() : PrefaceSuite(time => new MemoryTransport(time));
