// Tells the compiler what the builder can import.
/// <reference types="vite/client" />
